/** Sizes and counts that the contracts hold, so that no state of the workflow comes near Step Functions' 256 KiB. */

/** Inline `body`, bytes of UTF-8. */
export const MAX_INLINE_BODY_BYTES = 128 * 1024;
/** Inline `body` as JSON, bytes: quotes, line feeds and control characters grow when escaped. */
export const MAX_INLINE_BODY_JSON_BYTES = 160 * 1024;
/** A body in a bucket, bytes of UTF-8. */
export const MAX_BODY_BYTES = 1024 * 1024;
export const MAX_TITLE_CHARACTERS = 500;
/** Candidates that leave the keyword function; the best by frequency. */
export const MAX_CANDIDATES = 100;
/** Places in the text that are shown for a tag. */
export const MAX_MENTIONS = 3;
/** Those, and how the author used it before. */
export const MAX_EVIDENCE = MAX_MENTIONS + 1;
/** Similar articles of an author that have a say. */
export const MAX_SIMILAR = 6;
export const MAX_SNIPPET_BYTES = 160;
/** A key, label or spelling, bytes of UTF-8; a longer phrase is no tag. */
export const MAX_LABEL_BYTES = 96;
/** What Step Functions takes as input, output or state, bytes of UTF-8. */
export const MAX_STATE_BYTES = 256 * 1024;
