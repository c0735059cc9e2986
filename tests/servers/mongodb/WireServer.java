import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.MongoVersion;
import de.bwaldvogel.mongo.backend.memory.MemoryBackend;
import java.util.List;

/** Serves the wire protocol of MongoDB from memory, on a free port of the loopback that it prints. */
public final class WireServer {
  /** Of itself it announces a version that drivers of today refuse to talk to. */
  private static final MongoVersion ANNOUNCED =
      new MongoVersion() {
        @Override
        public List<Integer> getVersionArray() {
          return List.of(5, 0, 0);
        }

        @Override
        public int getWireVersion() {
          return 13;
        }
      };

  public static void main(String[] arguments) throws InterruptedException {
    MemoryBackend backend = new MemoryBackend();
    backend.version(ANNOUNCED);
    MongoServer server = new MongoServer(backend);
    // Change streams read it.
    server.enableOplog();
    System.out.println("port " + server.bind().getPort());
    Thread.currentThread().join();
  }
}
