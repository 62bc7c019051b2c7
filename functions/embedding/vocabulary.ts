import { VocabularyIncompleteError } from './errors.ts';
import { Trie } from './trie.ts';

/** A vocabulary ready to be searched. */
export interface Vocabulary {
  /** token → id, without the unknown token, which no text may spell out */
  readonly trie: Trie;
  /** log-probability by id */
  readonly scores: Float64Array;
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
 * @throws VocabularyIncompleteError when tokens are missing, doubled, too many, or a line is not well formed
 */
export function parseVocabulary(text: string, size: number, unknownToken: string): Vocabulary {
  const scores = new Float64Array(size);
  const trie = new Trie(Math.ceil(size * NODES_A_TOKEN));
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
    const token = text.slice(start, tab);
    if (id === UNKNOWN_ID && token !== unknownToken) {
      throw incomplete(`has to start with the unknown token ${unknownToken}, got ${JSON.stringify(token)}`);
    }
    if (id !== UNKNOWN_ID && !trie.add(token, id)) {
      throw incomplete(`has the token ${JSON.stringify(token)} twice, the second time on line ${id + 1}`);
    }
    scores[id] = score;
    start = end + 1;
  }
  if (id < size) throw incomplete(`has ${id} of ${size} tokens`);
  return { trie, scores, unknownId: UNKNOWN_ID };
}

function incomplete(problem: string): VocabularyIncompleteError {
  return new VocabularyIncompleteError(
    `vocab.txt ${problem}; fetch the model again with model/download.sh, or build it again with scripts/distill_model.py`,
  );
}
