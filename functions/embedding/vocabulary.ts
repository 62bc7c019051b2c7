import { VocabularyIncomplete } from './errors.ts';
import { Trie } from './trie.ts';

/** A vocabulary ready to be searched. */
export interface Vocabulary {
  /** token → id, without the unknown token, which no text may spell out */
  readonly trie: Trie;
  /** log-probability by id */
  readonly scores: Float64Array;
  /** the lowest of them */
  readonly leastScore: number;
  readonly unknownId: number;
}

const UNKNOWN_ID = 0;
const NODES_A_TOKEN = 2.5;

/**
 * Reads `vocab.txt`: a line for each token in the order of ids, the token, a tab, its log-probability.
 *
 * @param text content of the file
 * @param size number of tokens that have to be there
 * @param unknownToken the token of line 1
 * @throws VocabularyIncomplete when tokens are missing, doubled, too many, or a line is not well formed
 */
export function parseVocabulary(text: string, size: number, unknownToken: string): Vocabulary {
  const scores = new Float64Array(size);
  const trie = new Trie(Math.ceil(size * NODES_A_TOKEN));
  let leastScore = Number.POSITIVE_INFINITY;
  let id = 0;
  for (let start = 0; start < text.length; id++) {
    if (id === size) throw incomplete(`has more than ${size} lines, the rows of the model`);
    const end = text.indexOf('\n', start);
    if (end < 0) throw incomplete(`ends in the middle of line ${id + 1}`);
    const tab = text.lastIndexOf('\t', end);
    const score = tab <= start || tab + 1 === end ? Number.NaN : Number(text.slice(tab + 1, end));
    if (!Number.isFinite(score)) {
      throw incomplete(
        `needs a token, a tab and a number on line ${id + 1}, got ${JSON.stringify(text.slice(start, end))}`,
      );
    }
    if (id === UNKNOWN_ID) {
      if (text.slice(start, tab) !== unknownToken)
        throw incomplete(`has to start with the unknown token ${unknownToken}`);
    } else if (!trie.add(id, text, start, tab)) {
      throw incomplete(`has the token of line ${id + 1}, ${JSON.stringify(text.slice(start, tab))}, twice`);
    }
    if (score < leastScore) leastScore = score;
    scores[id] = score;
    start = end + 1;
  }
  if (id < size) throw incomplete(`has ${id} of ${size} tokens`);
  return { trie, scores, leastScore, unknownId: UNKNOWN_ID };
}

function incomplete(problem: string): VocabularyIncomplete {
  return new VocabularyIncomplete(
    `vocab.txt ${problem}; fetch the model again with model/download.sh, or build it again with scripts/distill_model.py`,
  );
}
