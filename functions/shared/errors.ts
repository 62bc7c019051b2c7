import { NamedError } from './named-error.ts';

/** The event or the article in it breaks the contract; the message names the field and what is allowed. Never retried. */
export class InvalidArticle extends NamedError {
  constructor(message: string, options?: ErrorOptions) {
    super('InvalidArticle', message, options);
  }
}

/** The object that `bodyLocation` names could not be read just now (throttled, connection, 5xx). Retried. */
export class BodyUnavailable extends NamedError {
  constructor(message: string, options?: ErrorOptions) {
    super('BodyUnavailable', message, options);
  }
}

/** The event bus did not accept `TagsSuggested`. Retried. */
export class PublishFailed extends NamedError {
  constructor(message: string, options?: ErrorOptions) {
    super('PublishFailed', message, options);
  }
}

/** The fit belongs to another model or catalogue than the ones in use. Never retried: deploy them together. */
export class FitMismatch extends NamedError {
  constructor(message: string, options?: ErrorOptions) {
    super('FitMismatch', message, options);
  }
}

/** What went wrong between the keyword engine and OpenSearch. All of them degrade; the first three are retried before. */
export type KeywordsErrorName =
  | 'KeywordsUnavailable'
  | 'KeywordsTimeout'
  | 'KeywordsThrottled'
  | 'KeywordsRefused'
  | 'KeywordsBadRequest'
  | 'KeywordsIndexMissing';

/** OpenSearch did not answer as it should; `name` says how. The embedded engine stands in. */
export class KeywordsError extends NamedError {
  constructor(name: KeywordsErrorName, message: string, options?: ErrorOptions) {
    super(name, message, options);
  }
}

/** A required environment variable is missing or wrong; the message names it. */
export class InvalidEnvironment extends NamedError {
  constructor(message: string, options?: ErrorOptions) {
    super('InvalidEnvironment', message, options);
  }
}
