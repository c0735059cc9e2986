export function licences(): Promise<string>;
