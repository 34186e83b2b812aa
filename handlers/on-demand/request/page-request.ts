/** Which part of a long list the request asks for. */
export interface PageRequest {
  readonly limit: number;
  readonly cursor?: string | undefined;
}
