import java.util.Arrays;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import software.amazon.dynamodb.services.local.main.ServerRunner;
import software.amazon.dynamodb.services.local.server.DynamoDBProxyServer;

/**
 * DynamoDB Local for callers on this machine only. Its own main class listens on every interface, without a password,
 * and has no option against that.
 */
class LoopbackDynamoDb {
  public static void main(String[] args) throws Exception {
    DynamoDBProxyServer proxy = ServerRunner.createServerFromCommandLineArgs(args);
    var field = DynamoDBProxyServer.class.getDeclaredField("server");
    field.setAccessible(true);
    Arrays.stream(((Server) field.get(proxy)).getConnectors())
        .forEach(connector -> ((ServerConnector) connector).setHost("127.0.0.1"));
    proxy.start();
    proxy.join();
  }
}
