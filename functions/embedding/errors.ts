import { NamedError } from '../shared/named-error.ts';

/** The model, or one of its files, is not where it was looked for. */
export class ModelNotFound extends NamedError {
  constructor(message: string, options?: ErrorOptions) {
    super('ModelNotFound', message, options);
  }
}

/** A file of the model is not what metadata.json says: checksum, size, header or settings are wrong. */
export class ModelCorrupt extends NamedError {
  constructor(message: string, options?: ErrorOptions) {
    super('ModelCorrupt', message, options);
  }
}

/** vocab.txt does not have one well-formed token for each row of the model. */
export class VocabularyIncomplete extends NamedError {
  constructor(message: string, options?: ErrorOptions) {
    super('VocabularyIncomplete', message, options);
  }
}

/** Vectors do not have the number of dimensions that is expected of them. */
export class DimensionMismatch extends NamedError {
  constructor(message: string, options?: ErrorOptions) {
    super('DimensionMismatch', message, options);
  }
}

/** S3 refused, failed or broke off while the model was being downloaded. Worth another try. */
export class ModelUnavailable extends NamedError {
  constructor(message: string, options?: ErrorOptions) {
    super('ModelUnavailable', message, options);
  }
}

/** The local copy of the model does not fit on the disk. */
export class StorageFull extends NamedError {
  constructor(message: string, options?: ErrorOptions) {
    super('StorageFull', message, options);
  }
}
