/** File names of the workers by what they are for; put in by the build. */
declare const WORKERS: { readonly editor: string; readonly json: string; readonly graphql: string };

/** The example operations of schema/operations; put in by the build. */
declare const EXAMPLES: readonly import('./examples.js').Example[];

declare module '*.css';
