/** Collects everything a browser complains about; a test ends well only when nothing was collected. */

import { type BrowserContext, expect } from '@playwright/test';

export class Watch {
  readonly #complaints: string[] = [];
  readonly #allowed: RegExp[] = [];
  readonly #statuses: { status: number; answered: boolean; said: boolean }[] = [];

  /** Listens to every page of a context. */
  async listen(context: BrowserContext): Promise<void> {
    await context.addInitScript(() => {
      addEventListener('securitypolicyviolation', (event) => {
        console.error(`policy violated: ${event.violatedDirective} by ${event.blockedURI || 'inline'}`);
      });
    });
    context.on('console', (message) => {
      const status = /the server responded with a status of (\d+)/.exec(message.text())?.[1];
      if (status && this.#expected(Number(status), 'said')) return;
      this.#complain(`console ${message.type()}: ${message.text()} (${message.location().url})`);
    });
    context.on('weberror', (error) => {
      const { message } = error.error();
      // The browser gives up the smooth change to the next page, when that comes before this one was drawn.
      if (/^Transition was (?:aborted|skipped)/.test(message)) return;
      this.#complain(`page error: ${message}`);
    });
    context.on('requestfailed', (request) => {
      // Somebody who goes on before a page or the bundle has come leaves it behind; nothing is lost. What is sent is another matter.
      const reading = request.url().includes('/assets/') || (request.method() === 'GET' && request.isNavigationRequest());
      if (reading && request.failure()?.errorText === 'net::ERR_ABORTED') return;
      this.#complain(`failed request: ${request.method()} ${request.url()} ${request.failure()?.errorText}`);
    });
    context.on('response', (response) => {
      if (response.status() < 400 || this.#expected(response.status(), 'answered')) return;
      this.#complain(`answer ${response.status()}: ${response.request().method()} ${response.url()}`);
    });
  }

  /** The next step is refused on purpose: one answer with this status, and the browser's line about it. */
  expectStatus(status: number): void {
    this.#statuses.push({ status, answered: false, said: false });
  }

  /** Complaints of this kind belong to the test. */
  allow(complaint: RegExp): void {
    this.#allowed.push(complaint);
  }

  /** Fails when there was a complaint, or when a refusal that was expected did not come. */
  assertQuiet(): void {
    expect(this.#complaints, 'the browser has nothing to complain about').toEqual([]);
    const missing = this.#statuses.filter((s) => !s.answered).map((s) => s.status);
    expect(missing, 'every refusal that was expected came').toEqual([]);
  }

  #expected(status: number, part: 'answered' | 'said'): boolean {
    const found = this.#statuses.find((s) => s.status === status && !s[part]);
    if (found) found[part] = true;
    return found !== undefined;
  }

  #complain(text: string): void {
    if (!this.#allowed.some((allowed) => allowed.test(text))) this.#complaints.push(text);
  }
}
