import type { Plane } from '../dataplane/service.js';
import { startApollo, type Host, type HostOptions } from './apollo.js';

interface Version {
  readonly plane: Plane;
  readonly host: Promise<Host>;
  users: number;
}

/** One Apollo Server a plane: it holds one schema. That of a plane which was replaced stops after its last request. */
export class Planes {
  private version: Version | null = null;

  constructor(
    private readonly current: () => Plane,
    readonly options: HostOptions,
  ) {}

  async use<T>(work: (host: Host) => Promise<T>): Promise<T> {
    const version = this.latest();
    version.users += 1;
    try {
      return await work(await version.host);
    } finally {
      version.users -= 1;
      if (version !== this.version && version.users === 0) await (await version.host).apollo.stop();
    }
  }

  /** Starts what the next request would otherwise wait for. */
  async start(): Promise<void> {
    await this.latest().host;
  }

  async stop(): Promise<void> {
    await (await this.version?.host)?.apollo.stop();
  }

  private latest(): Version {
    const plane = this.current();
    const old = this.version;
    if (old?.plane === plane) return old;
    this.version = { plane, host: startApollo(plane, this.options), users: 0 };
    if (old && old.users === 0) void old.host.then((host) => host.apollo.stop());
    return this.version;
  }
}
