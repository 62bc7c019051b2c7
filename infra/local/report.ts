import { styleText } from 'node:util';
import type { TagsSuggested } from '../../functions/contracts/tags-suggested.ts';
import type { HistoryEvent } from './workflow.ts';

/** Prints each state with its time and outcome, as it happens. */
export function printHistory(): (event: HistoryEvent) => void {
  const entered = new Map<string, number>();
  /** Errors of attempts whose outcome (tried again, degraded, failed for good) is not known yet. */
  const errors = new Map<string, string>();
  const left = new Set<string>();

  const print = (mark: string, name: string, at: number, outcome = '') => {
    const milliseconds = at - (entered.get(name) ?? at);
    console.log(`${mark} ${name.padEnd(25)}${`${milliseconds} ms`.padStart(9)}  ${outcome}`.trimEnd());
  };
  return (event) => {
    if (event.type === 'ExecutionFailed') {
      for (const [name, error] of errors)
        print(styleText('red', '✘'), name, event.timestamp, styleText('red', error));
    }
    if (!('state' in event)) return;
    const { name } = event.state;
    const error = errors.get(name);
    if (event.type === 'StateEntered') entered.set(name, event.timestamp);
    else if (event.type === 'StateFailed') errors.set(name, `${event.Error}: ${event.Cause}`);
    else if (event.type === 'StateRetried') {
      print(styleText('yellow', '↻'), name, event.timestamp, styleText('yellow', `${error} (tried again)`));
      errors.delete(name);
    } else if (event.type === 'StateCaught') {
      print(styleText('yellow', '↷'), name, event.timestamp, styleText('yellow', `${error} (degraded)`));
      errors.delete(name);
      left.add(name);
    } else if (event.type === 'StateExited' && !left.has(name)) {
      print(styleText('green', '✔'), name, event.timestamp);
    }
  };
}

const BAR = 20;

/** Prints the suggestions as an author wants to see them: label, score and its two parts, where in the text. */
export function printSuggestions({ data }: TagsSuggested): void {
  console.log();
  if (data.degraded.length > 0) {
    console.log(
      styleText(
        'yellow',
        `degraded: ${data.degraded.join(', ')} did not come from the usual source; infra/RUNBOOK.md knows the errors above\n`,
      ),
    );
  }
  if (data.tags.length === 0) console.log('No tag scores high enough for this article.');
  for (const { label, score, semantic, frequency, evidence } of data.tags) {
    console.log(`${styleText('bold', label)}  ${score.toFixed(2)}`);
    console.log(`  semantic   ${semantic === null ? 'not available' : bar(semantic)}`);
    console.log(`  frequency  ${bar(frequency)}`);
    for (const { where, snippet } of evidence)
      console.log(styleText('dim', `  ${where.padEnd(9)}  ${snippet}`));
    console.log();
  }
}

function bar(value: number): string {
  const filled = Math.round(value * BAR);
  return `${'█'.repeat(filled)}${'░'.repeat(BAR - filled)} ${value.toFixed(2)}`;
}
