/** The model, or one of its files, is not where it was looked for. */
export class ModelNotFoundError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ModelNotFoundError';
  }
}

/** A file of the model is not what metadata.json says: checksum, size, header or settings are wrong. */
export class ModelCorruptError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ModelCorruptError';
  }
}

/** vocab.txt does not have one well-formed token for each row of the model. */
export class VocabularyIncompleteError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'VocabularyIncompleteError';
  }
}

/** Vectors do not have the number of dimensions that is expected of them. */
export class DimensionMismatchError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'DimensionMismatchError';
  }
}

/** S3 refused, failed or broke off while the model was being downloaded. Worth another try. */
export class ModelDownloadError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ModelDownloadError';
  }
}

/** The local copy of the model does not fit on the disk. */
export class StorageFullError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StorageFullError';
  }
}
