import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.opensearch.analysis.common.CommonAnalysisPlugin;
import org.opensearch.common.settings.Settings;
import org.opensearch.common.util.concurrent.ThreadContext;
import org.opensearch.core.rest.RestStatus;
import org.opensearch.env.Environment;
import org.opensearch.http.HttpServerTransport;
import org.opensearch.index.reindex.ReindexPlugin;
import org.opensearch.node.InternalSettingsPreparer;
import org.opensearch.node.Node;
import org.opensearch.percolator.PercolatorPlugin;
import org.opensearch.plugin.analysis.icu.AnalysisICUPlugin;
import org.opensearch.plugin.analysis.kuromoji.AnalysisKuromojiPlugin;
import org.opensearch.plugins.ActionPlugin;
import org.opensearch.plugins.Plugin;
import org.opensearch.rest.BytesRestResponse;
import org.opensearch.rest.RestHandler;
import org.opensearch.transport.Netty4Plugin;

/**
 * One OpenSearch node on the loopback: the server's own classes, its plugins taken from the classpath.
 *
 * <p>Usage: {@code LocalOpenSearch DATA_DIRECTORY PORT}, PORT 0 for any free one. Prints {@code listening on URL} once
 * it takes requests and ends when its standard input ends, so that it never outlives whoever started it. With {@code
 * -Dcredentials=user:password} it answers 401 to everybody else.
 */
public final class LocalOpenSearch extends Node {
  private static final Collection<Class<? extends Plugin>> PLUGINS =
      List.of(
          Netty4Plugin.class,
          CommonAnalysisPlugin.class,
          AnalysisKuromojiPlugin.class,
          AnalysisICUPlugin.class,
          PercolatorPlugin.class,
          ReindexPlugin.class,
          BasicAuthentication.class);

  private LocalOpenSearch(Environment environment) {
    super(environment, PLUGINS, false);
  }

  public static void main(String[] arguments) throws Exception {
    Settings settings =
        Settings.builder()
            .put("path.home", arguments[0])
            .put("cluster.name", "tag-suggestions-local")
            .put("node.name", "local")
            .put("discovery.type", "single-node")
            .put("network.host", "127.0.0.1")
            .put("http.port", arguments[1])
            // The transport port is of no use on a single node; a fixed one would collide with a second server.
            .put("transport.port", 0)
            .put("transport.type", "netty4")
            .put("http.type", "netty4")
            // Neither the kernel's map limit nor a nearly full disk should keep a test from running.
            .put("node.store.allow_mmap", false)
            .put("cluster.routing.allocation.disk.threshold_enabled", false)
            .build();
    LocalOpenSearch node =
        new LocalOpenSearch(
            InternalSettingsPreparer.prepareEnvironment(settings, Map.of(), null, () -> "local"));
    Runtime.getRuntime().addShutdownHook(new Thread(node::closeQuietly));
    node.start();
    var address = node.injector().getInstance(HttpServerTransport.class).boundAddress().publishAddress();
    System.out.println("listening on http://127.0.0.1:" + address.getPort());
    while (System.in.read() >= 0) {
      // Nothing is expected; only the end matters.
    }
    System.exit(0);
  }

  private void closeQuietly() {
    try {
      close();
    } catch (Exception e) {
      e.printStackTrace();
    }
  }

  /** What the security plugin does for basic authentication, as far as a client can see. */
  public static final class BasicAuthentication extends Plugin implements ActionPlugin {
    @Override
    public UnaryOperator<RestHandler> getRestHandlerWrapper(ThreadContext threadContext) {
      String credentials = System.getProperty("credentials");
      if (credentials == null) return UnaryOperator.identity();
      String expected =
          "Basic " + Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8));
      return handler ->
          (request, channel, client) -> {
            if (expected.equals(request.header("Authorization"))) {
              handler.handleRequest(request, channel, client);
            } else {
              channel.sendResponse(new BytesRestResponse(RestStatus.UNAUTHORIZED, "Unauthorized"));
            }
          };
    }
  }
}
