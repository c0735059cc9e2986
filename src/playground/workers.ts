/** Monaco asks here for its workers: files of ours, named by their content. */
Object.assign(globalThis, {
  MonacoEnvironment: {
    getWorker: (_id: string, label: string): Worker => {
      const name = label === 'json' || label === 'graphql' ? label : 'editor';
      return new Worker(new URL(WORKERS[name], import.meta.url), { name: `monaco ${name}` });
    },
  },
});
