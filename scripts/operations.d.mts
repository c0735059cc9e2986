import type { Example } from '../src/playground/examples.js';
export function readOperations(): Example[];
export function parseOperation(name: string, text: string): Example;
