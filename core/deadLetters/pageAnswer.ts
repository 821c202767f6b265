import type { DeliveryRow } from '../delivery/delivery';
import { html, pageOf, type Html, type Refresh } from '../common/html';

/* What the operators' page answers with. */

export interface LetterPageAnswer {
	status: number;
	html: string;
	/** Rows to save before the page is shown. */
	changes: DeliveryRow[];
}

export function answer(
	status: number,
	body: Html,
	{ changes = [], refresh }: { changes?: DeliveryRow[]; refresh?: Refresh } = {},
): LetterPageAnswer {
	return { status, html: pageOf('deadLetters', body, refresh), changes };
}

export const back = html`<p><a href="?">返回列表 Back to the list</a></p>`;

/** A note, and the way back. */
export const noteAnswer = (status: number, note: string): LetterPageAnswer =>
	answer(
		status,
		html`<p class="note">${note}</p>
			${back}`,
	);

/** @param what no such letter, or nothing that could be done with one */
export const missing = (what: string, status = 404): LetterPageAnswer =>
	noteAnswer(status, `没有这一条 There is none: ${what.slice(0, 40)}`);
