const WORDS_AN_EDGE = 3;

/**
 * A trie over UTF-16 code units in two typed arrays.
 *
 * Edges live in one open-addressing hash table of triples (node, code unit, child), so that a step costs about
 * one cache line. Nodes are numbered in the order of their making; 0 is the root. No edge leads to the root, so
 * a child of 0 marks a free place, and arrays fresh from the system need no filling.
 */
export class Trie {
  #edges: Int32Array;
  #mask: number;
  #nodes = 1;
  // Value + 1 of the key that ends at a node, 0 when none does.
  #values: Int32Array;

  /** @param expectedNodes how many nodes to make room for at first; the trie grows by itself */
  constructor(expectedNodes = 1024) {
    const places = 2 ** Math.ceil(Math.log2(Math.max(16, expectedNodes * 2)));
    this.#edges = new Int32Array(places * WORDS_AN_EDGE);
    this.#mask = places - 1;
    this.#values = new Int32Array(places / 2);
  }

  /**
   * Adds the key `text.slice(start, end)`.
   *
   * @param value a number of at least 0
   * @returns whether the key is new; a key that is already there keeps its value
   */
  add(value: number, text: string, start = 0, end = text.length): boolean {
    this.#makeRoom(end - start);
    const edges = this.#edges;
    const mask = this.#mask;
    let node = 0;
    for (let i = start; i < end; i++) {
      const unit = text.charCodeAt(i);
      for (let place = placeOf(node, unit, mask); ; place = (place + 1) & mask) {
        const at = place * WORDS_AN_EDGE;
        const child = edges[at + 2]!;
        if (child === 0) {
          edges[at] = node;
          edges[at + 1] = unit;
          node = edges[at + 2] = this.#nodes++;
          break;
        }
        if (edges[at] === node && edges[at + 1] === unit) {
          node = child;
          break;
        }
      }
    }
    if (this.#values[node] !== 0) return false;
    this.#values[node] = value + 1;
    return true;
  }

  /** The node that a code unit leads to, or 0 when there is none. */
  child(node: number, unit: number): number {
    const edges = this.#edges;
    const mask = this.#mask;
    for (let place = placeOf(node, unit, mask); ; place = (place + 1) & mask) {
      const at = place * WORDS_AN_EDGE;
      const child = edges[at + 2]!;
      if (child === 0 || (edges[at] === node && edges[at + 1] === unit)) return child;
    }
  }

  /** The value of the key that ends at a node, or -1. */
  value(node: number): number {
    return this.#values[node]! - 1;
  }

  /** Keeps at least half of the places free when a key adds as many nodes as it has code units. */
  #makeRoom(units: number): void {
    while ((this.#nodes + units) * 2 > this.#mask) {
      const edges = this.#edges;
      this.#mask = this.#mask * 2 + 1;
      this.#edges = new Int32Array(edges.length * 2);
      for (let at = 0; at < edges.length; at += WORDS_AN_EDGE) {
        if (edges[at + 2] !== 0) this.#insert(edges[at]!, edges[at + 1]!, edges[at + 2]!);
      }
      const values = new Int32Array(this.#values.length * 2);
      values.set(this.#values);
      this.#values = values;
    }
  }

  #insert(node: number, unit: number, child: number): void {
    let place = placeOf(node, unit, this.#mask);
    while (this.#edges[place * WORDS_AN_EDGE + 2] !== 0) place = (place + 1) & this.#mask;
    this.#edges[place * WORDS_AN_EDGE] = node;
    this.#edges[place * WORDS_AN_EDGE + 1] = unit;
    this.#edges[place * WORDS_AN_EDGE + 2] = child;
  }
}

/** Spreads neighbouring nodes and code units over the table; the factors are odd and mean nothing else. */
function placeOf(node: number, unit: number, mask: number): number {
  const mixed = Math.imul(node, 0x9e3779b1) ^ Math.imul(unit, 0x85ebca6b);
  return (mixed ^ (mixed >>> 15)) & mask;
}
