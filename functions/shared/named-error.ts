/**
 * An error that the state machine knows by its name: Step Functions sees `name`, and retries, degrades or fails by it,
 * so a name is part of the interface.
 */
export abstract class NamedError extends Error {
  constructor(name: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = name;
  }
}
