export type ServerName = 'neo4j' | 'elasticsearch' | 'mongodb' | 'mariadb';

export interface TestStore {
  readonly url: string;
  readonly user: string | null;
  readonly password: string | null;
  readonly pid: number;
  readonly version: string;
}

/** Where one server keeps its files, and where the run notes the groups of processes that it has to end. */
export interface Place {
  readonly name: string;
  readonly folder: string;
  readonly groups: string;
}

/** How a store is had on this machine. */
export interface Recipe {
  /** What is missing here, in one sentence; null when nothing is. */
  lacking(): string | null;
  /** Starts it in an empty folder, and waits until it answers. What must be downloaded first comes into the cache. */
  start(place: Place): Promise<TestStore>;
}
