import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import software.amazon.event.ruler.JsonRuleCompiler;
import software.amazon.event.ruler.Ruler;

/** Reads pairs of lines, a pattern and an event, and answers each with a line: true, false, or what is wrong with the pattern. */
public class Match {
  public static void main(String[] arguments) throws Exception {
    BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String pattern; (pattern = input.readLine()) != null; ) {
      String event = input.readLine();
      String problem = JsonRuleCompiler.check(pattern);
      System.out.println(problem != null ? problem : Boolean.toString(Ruler.matchesRule(event, pattern)));
    }
  }
}
