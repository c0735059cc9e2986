/** Who asks. `permissions` names the set of rights, so that plans and schemas are shared by those who see the same. */
export interface Caller {
  readonly id: string;
  readonly permissions: string;
}

export const ANONYMOUS: Caller = { id: 'anonymous', permissions: 'all' };
