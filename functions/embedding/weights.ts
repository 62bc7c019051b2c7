import { ModelCorrupt } from './errors.ts';

const MAGIC = 'MODEL2V1';
const HEADER_BYTES = 64;
const ALIGNMENT = 64;

/** The numbers of `model2vec.bin`: views into the bytes of the file, nothing is copied. */
export interface Weights {
  /** V, the number of rows, one for each token */
  readonly rows: number;
  /** D */
  readonly dimension: number;
  /** float32 for each row: a row's vector is its scale times its bytes */
  readonly scales: Float32Array;
  /** float32 for each row: how much a token counts in the mean */
  readonly tokenWeights: Float32Array;
  /** V × D signed bytes, row after row */
  readonly vectors: Int8Array;
}

/**
 * Reads the header of `model2vec.bin` (described in model/README.md) and lays typed arrays over the rest.
 *
 * @param bytes the whole file; its first byte has to lie on a multiple of four in its buffer
 * @throws ModelCorrupt when the header does not describe exactly these bytes
 */
export function viewWeights(bytes: Uint8Array): Weights {
  if (bytes.length < HEADER_BYTES)
    throw corrupt(`has ${bytes.length} bytes, less than its header of ${HEADER_BYTES}`);
  const magic = Buffer.from(bytes.buffer, bytes.byteOffset, MAGIC.length).toString('latin1');
  if (magic !== MAGIC) throw corrupt(`starts with ${JSON.stringify(magic)} instead of ${MAGIC}`);

  const header = new DataView(bytes.buffer, bytes.byteOffset, HEADER_BYTES);
  const [rows, dimension, scalesAt, weightsAt, vectorsAt, total] = [8, 12, 16, 20, 24, 28].map((at) =>
    header.getUint32(at, true),
  ) as [number, number, number, number, number, number];
  if (total !== bytes.length) throw corrupt(`says it has ${total} bytes and has ${bytes.length}`);
  if (rows === 0 || dimension === 0) throw corrupt(`says it has ${rows} rows of ${dimension} dimensions`);
  const float32s = rows * Float32Array.BYTES_PER_ELEMENT;
  const sections = [
    { name: 'scales', start: scalesAt, end: scalesAt + float32s },
    { name: 'weights', start: weightsAt, end: weightsAt + float32s },
    { name: 'vectors', start: vectorsAt, end: vectorsAt + rows * dimension },
  ];
  let previousEnd = HEADER_BYTES;
  for (const { name, start, end } of sections) {
    if (start % ALIGNMENT !== 0 || start < previousEnd || end > total) {
      throw corrupt(
        `has its ${name} at bytes ${start} to ${end}, which is not a place for them in ${total} bytes`,
      );
    }
    previousEnd = end;
  }
  return {
    rows,
    dimension,
    scales: new Float32Array(bytes.buffer, bytes.byteOffset + scalesAt, rows),
    tokenWeights: new Float32Array(bytes.buffer, bytes.byteOffset + weightsAt, rows),
    vectors: new Int8Array(bytes.buffer, bytes.byteOffset + vectorsAt, rows * dimension),
  };
}

function corrupt(problem: string): ModelCorrupt {
  return new ModelCorrupt(`model2vec.bin ${problem}; fetch the model again with model/download.sh`);
}
