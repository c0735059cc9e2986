import { First1795478400000 } from './first.js';

/** In the order of their time stamps; a published one never changes. */
export const MIGRATIONS = [First1795478400000];
