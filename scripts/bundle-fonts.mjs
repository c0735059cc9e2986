// For esbuild: GraphiQL's fonts are style sheets with base64 in them. Each font becomes a file, so that a page needs no `data:`
// fonts and fetches only those whose letters it shows.
import { readFileSync } from 'node:fs';

const FACE = /@font-face\s*\{[^}]*\}/g;
const DATA = /url\(["']?data:font\/(woff2?);(?:charset=utf-8;)?base64,([A-Za-z0-9+/=]+)["']?\)/;

export const fonts = {
  name: 'fonts',
  setup(build) {
    const found = [];
    build.onLoad({ filter: /graphiql[\\/]react[\\/]font[\\/].*\.css$/ }, ({ path }) => {
      const faces = readFileSync(path, 'utf8').match(FACE) ?? [];
      const contents = faces.map((face) => {
        const family = /font-family:\s*["']?([^"';]+)/.exec(face)[1].toLowerCase().replaceAll(' ', '-');
        return face.replace(DATA, (_, type, base64) => `url("font:${found.push(base64) - 1}/${family}.${type}")`);
      });
      return { contents: contents.join('\n'), loader: 'css' };
    });
    build.onResolve({ filter: /^font:/ }, ({ path }) => ({ path: path.slice('font:'.length), namespace: 'font' }));
    build.onLoad({ filter: /.*/, namespace: 'font' }, ({ path }) => ({
      contents: Buffer.from(found[Number.parseInt(path, 10)], 'base64'),
      loader: 'file',
    }));
  },
};
