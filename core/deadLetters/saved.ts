import { html, pageOf } from '../common/html';
import type { DeliveryRow } from '../delivery/delivery';

/*
 * Several operators can change a letter at once: the store takes one change, and whoever asked for another one is
 * told so.
 */

/** A change that somebody asked for: its last audit entry tells it from those of others. */
export type AskedChange = Pick<DeliveryRow, 'key' | 'audit'>;

export const askedOf = (changes: DeliveryRow[]): AskedChange[] =>
	changes.map(({ key, audit }) => ({ key, audit }));

/** How many of these changes the store did not take. */
function lostOf(asked: AskedChange[], saved: AskedChange[]): number {
	const audits = new Map(saved.map(({ key, audit }) => [key, audit]));
	return asked.filter(({ key, audit }) => audits.get(key) !== audit).length;
}

const lostWords = (lost: number, all: number): string =>
	`有人同时改动了它们：${all} 条中 ${lost} 条没有执行，请重新查看。 Somebody else was first: of ${all} changes ${lost} were not made. Look again.`;

/** The answer to a command, once its changes are saved. */
export function textWhenSaved(text: string, asked: AskedChange[], saved: AskedChange[]): string {
	const lost = lostOf(asked, saved);
	if (lost === 0) return text;
	const words = lostWords(lost, asked.length);
	return lost === asked.length ? words : `${text}\n${words}`;
}

/** The page that is shown instead where a change was not saved; undefined where all were. */
export function pageWhenLost(
	asked: AskedChange[],
	saved: AskedChange[],
): { status: number; html: string } | undefined {
	const lost = lostOf(asked, saved);
	if (lost === 0) return undefined;
	const body = html`<p class="note">${lostWords(lost, asked.length)}</p>
		<p><a href="?">返回列表 Back to the list</a></p>`;
	return { status: 409, html: pageOf('deadLetters', body) };
}
