/** The model, or one of its files, is not where it was looked for. */
export class ModelNotFound extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ModelNotFound';
  }
}

/** A file of the model is not what metadata.json says: checksum, size, header or settings are wrong. */
export class ModelCorrupt extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ModelCorrupt';
  }
}

/** vocab.txt does not have one well-formed token for each row of the model. */
export class VocabularyIncomplete extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'VocabularyIncomplete';
  }
}

/** Vectors do not have the number of dimensions that is expected of them. */
export class DimensionMismatch extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'DimensionMismatch';
  }
}

/** S3 refused, failed or broke off while the model was being downloaded. Worth another try. */
export class ModelUnavailable extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ModelUnavailable';
  }
}

/** The local copy of the model does not fit on the disk. */
export class StorageFull extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StorageFull';
  }
}
