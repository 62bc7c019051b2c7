import { styleText } from 'node:util';
import type { TagsSuggested } from '../../functions/contracts/tags-suggested.ts';
import type { HistoryEvent } from './workflow.ts';

/** Prints each state as it ends, with its time and outcome. */
export function printHistory(): (event: HistoryEvent) => void {
  const entered = new Map<string, number>();
  return (event) => {
    if (!('state' in event)) return;
    const { name } = event.state;
    if (event.type === 'StateEntered') entered.set(name, event.timestamp);
    const line = describe(event);
    if (line === undefined) return;
    const milliseconds = event.timestamp - (entered.get(name) ?? event.timestamp);
    console.log(`${line[0]} ${name.padEnd(26)}${`${milliseconds} ms`.padStart(8)}  ${line[1]}`);
  };
}

function describe(event: HistoryEvent): [mark: string, outcome: string] | undefined {
  switch (event.type) {
    case 'StateExited':
      return [styleText('green', '✔'), ''];
    case 'StateRetried':
      return [styleText('yellow', '↻'), styleText('yellow', 'failed, tried again')];
    case 'StateCaught':
      return [styleText('yellow', '↷'), styleText('yellow', 'failed, degraded')];
    case 'StateFailed':
      return [styleText('red', '✘'), styleText('red', `${event.Error}: ${event.Cause}`)];
    default:
      return undefined;
  }
}

const BAR = 20;

/** Prints the suggestions as an author wants to see them: label, score and its two parts, where in the text. */
export function printSuggestions({ data }: TagsSuggested): void {
  console.log();
  if (data.degraded.length > 0) {
    console.log(
      styleText('yellow', `degraded: ${data.degraded.join(', ')} did not come from the usual source\n`),
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
