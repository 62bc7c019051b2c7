import { articlePublished } from '../../functions/contracts/article-published.ts';
import { describeIssues } from '../../functions/shared/accept-article.ts';
import type { Line } from './archive.ts';

export interface Findings {
  /** Lines that keep the contract and name an article and revision for the first time. */
  articles: number;
  /** Lines that name an article and revision once more: it is suggested for once. */
  repeated: number;
  bad: number;
}

/**
 * Judges each line as the functions will.
 *
 * @param onProblem told of each line that is bad or repeats another, as `file:line: why`
 */
export async function checkLines(
  lines: AsyncIterable<Line>,
  onProblem: (what: string) => void,
): Promise<Findings> {
  const findings: Findings = { articles: 0, repeated: 0, bad: 0 };
  const firsts = new Map<string, string>();
  for await (const { where, text } of lines) {
    const judged = judge(text);
    if ('problem' in judged) {
      findings.bad += 1;
      onProblem(`${where}: ${judged.problem}`);
      continue;
    }
    const first = firsts.get(judged.key);
    if (first) {
      findings.repeated += 1;
      onProblem(`${where}: the same article and revision as ${first}; the one that comes first counts`);
    } else {
      findings.articles += 1;
      firsts.set(judged.key, where);
    }
  }
  return findings;
}

function judge(text: string): { key: string } | { problem: string } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { problem: `not JSON, one object a line: ${(error as Error).message}` };
  }
  const parsed = articlePublished.safeParse(value);
  if (!parsed.success) return { problem: describeIssues(parsed.error) };
  const { articleId, revision } = parsed.data.data;
  return { key: JSON.stringify([articleId, revision]) };
}
