import type { DeliveryRow } from '../delivery/delivery';
import { asText, type Fields } from '../../protocol/fields';
import { discardAll, refusalLines, replayAll, REFUSALS } from './changes';
import { openAmong } from './filter';
import { html, type Html } from '../common/html';
import { address, hidden, type FormContext, type PageContext } from './forms';
import { answer, back, missing, noteAnswer, type LetterPageAnswer } from './pageAnswer';
import { readSpeed } from './parse';
import { readMoment } from '../common/time';

/* Forms of the operators' page for many letters at once. */

/** A group, or all that died since a time. Without `confirm` it only counts. */
export function actOnMany(
	rows: DeliveryRow[],
	action: string,
	body: Fields,
	context: FormContext,
): LetterPageAnswer {
	const { now, timezone } = context;
	const group = asText(body.group);
	const since = group === '' ? readMoment(asText(body.since).trim(), now, timezone) : undefined;
	const perMinute = readSpeed(asText(body.speed).trim());
	if (group === '' && since === undefined) {
		return noteAnswer(
			400,
			'时间应如 2h 或 2026-01-31T09:00。 A time is like 2h or 2026-01-31T09:00.',
		);
	}
	if (action === 'replay' && perMinute === undefined) {
		return noteAnswer(400, '速度是每分钟 1 到 600 条。 The speed is 1 to 600 a minute.');
	}
	const chosen = openAmong(rows, since === undefined ? { group } : { since });
	// The moment is fixed by what was counted: `2h` would mean another one when it is confirmed.
	const kept = { ...body, ...(since !== undefined && { since: new Date(since).toISOString() }) };
	if (action === 'discard') return discardMany(chosen, kept, context);
	if (action !== 'replay') return missing(action, 400);
	return replayMany(chosen, kept, context, perMinute!);
}

/** @param body of the form, whose `since` is a moment */
function replayMany(
	chosen: DeliveryRow[],
	body: Fields,
	context: FormContext,
	perMinute: number,
): LetterPageAnswer {
	const { by, now } = context;
	const force = asText(body.force) === '1';
	const { changed, refused } = replayAll(chosen, { by, now, force, perMinute });
	const notes = refusalLines(refused).map((text) => html`<p class="soft">${text}</p>`);
	if (asText(body.confirm) !== '1') {
		return answer(
			200,
			html`<h2>试算 Dry run</h2>
				<p>
					${changed.length} 条将重发，每分钟 ${perMinute} 条 · ${changed.length} would be replayed,
					${perMinute} a minute
				</p>
				${notes} ${confirmForm(body, context, changed.length, '重发 Replay')}${back}`,
		);
	}
	const group = asText(body.group);
	return answer(
		200,
		html`<p class="note">
				将重发 ${changed.length} 条 · ${changed.length} will be replayed:
				<a href="${address({}, { status: 'waiting', group })}">还在等待的 Those that wait</a>
			</p>
			${notes}${back}`,
		{ changes: changed },
	);
}

function discardMany(chosen: DeliveryRow[], body: Fields, context: FormContext): LetterPageAnswer {
	const reason = asText(body.reason);
	if (reason.trim() === '') return noteAnswer(400, REFUSALS.noReason);
	if (asText(body.confirm) !== '1') {
		return answer(
			200,
			html`<h2>试算 Dry run</h2>
				<p>${chosen.length} 条将丢弃 · ${chosen.length} would be discarded: ${reason}</p>
				${confirmForm(body, context, chosen.length, '丢弃 Discard')}${back}`,
		);
	}
	const changes = discardAll(chosen, reason, context);
	return answer(
		200,
		html`<p class="note">已丢弃 ${changes.length} 条 · ${changes.length} discarded</p>
			${back}`,
		{ changes },
	);
}

const KEPT = ['action', 'group', 'since', 'speed', 'force', 'reason'];

function confirmForm(body: Fields, { csrf }: PageContext, count: number, label: string): Html {
	if (count === 0) return html``;
	const kept = KEPT.map((name): [string, string] => [name, asText(body[name])]);
	const asked = Object.fromEntries(kept.filter(([, value]) => value !== ''));
	return html`<form method="post" action="?" class="bar">
		${hidden({ csrf, confirm: '1', ...asked })}<button class="main">${label} (${count})</button>
	</form>`;
}
