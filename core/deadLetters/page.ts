import type { DeliveryRow } from '../delivery/delivery';
import { asText, type Fields } from '../../protocol/fields';
import { safeEqual } from '../../protocol/verify';
import {
	discard,
	discardAll,
	edit,
	refusalLines,
	replay,
	replayAll,
	REFUSALS,
	type ChangeOutcome,
} from './changes';
import { openAmong } from './filter';
import { html, pageOf, type Html, type Refresh } from '../common/html';
import { detailView, refreshOf } from './detailView';
import { address, filterOf, hidden, type PageContext } from './forms';
import { listView } from './listView';
import { readSpeed } from './parse';
import { readMoment } from '../common/time';
import { isCodeOf } from '../common/codes';

/** A request for the page, after somebody checked who sends it. */
export interface LetterPageRequest {
	query: Fields;
	/** Fields of a form that was sent; empty for a look. */
	body: Fields;
	/** Name of the person, for the audit. */
	user: string;
}

export interface LetterPageAnswer {
	status: number;
	html: string;
	/** Rows to save before the page is shown. */
	changes: DeliveryRow[];
}

/**
 * The operators' page. Looking changes nothing, whatever the address says; every change is a form with the
 * token, because a browser sends the password of the page with forged forms as well. Never throws.
 */
export function answerRequest(
	rows: DeliveryRow[],
	{ query, body, user }: LetterPageRequest,
	context: PageContext,
): LetterPageAnswer {
	const action = asText(body.action);
	if (action !== '') {
		if (!context.csrf || !safeEqual(asText(body.csrf), context.csrf)) {
			return answer(
				403,
				html`<p class="note">
						表单无效或已过期，没有做任何改动：请回到列表重试。 This form is not valid (any more);
						nothing was changed. Go back to the list and try again.
					</p>
					${back}`,
			);
		}
		return act(rows, action, body, { ...context, by: user });
	}
	const id = asText(query.id);
	if (id !== '') {
		const row = rows.find(({ key }) => isCodeOf(id, key));
		if (!row) return answer(404, missing(id));
		return answer(200, detailView(row, context), { refresh: refreshOf(row, context.now) });
	}
	const status = filterOf(query).wrong.length > 0 ? 400 : 200;
	return answer(status, listView(rows, query, context));
}

const back = html`<p><a href="?">返回列表 Back to the list</a></p>`;

const missing = (id: string): Html =>
	html`<p class="note">没有这一条 There is none: ${id.slice(0, 40)}</p>
		${back}`;

function answer(
	status: number,
	body: Html,
	{ changes = [], refresh }: { changes?: DeliveryRow[]; refresh?: Refresh } = {},
): LetterPageAnswer {
	return { status, html: pageOf('deadLetters', body, refresh), changes };
}

type FormContext = PageContext & { by: string };

function act(
	rows: DeliveryRow[],
	action: string,
	body: Fields,
	context: FormContext,
): LetterPageAnswer {
	const id = asText(body.id);
	if (id === '') return actOnMany(rows, action, body, context);
	// Forms carry the longest code, which means one row.
	const row = rows.find(({ key }) => isCodeOf(id, key));
	if (!row) return answer(404, missing(id));
	const force = asText(body.force) === '1';
	const { by, now } = context;
	switch (action) {
		case 'replay':
			return one(replay(row, { by, now, dueAt: now, force }), row, context);
		case 'edit':
			return one(edit(row, asText(body.text), { by, now, force }), row, context);
		case 'discard':
			return one(discard(row, asText(body.reason), { by, now }), row, context);
		default:
			return answer(400, missing(action));
	}
}

/** The letter as it is now; where nothing was done, with the reason. */
function one(outcome: ChangeOutcome, before: DeliveryRow, context: PageContext): LetterPageAnswer {
	if ('row' in outcome) {
		const { row } = outcome;
		const refresh = refreshOf(row, context.now);
		return answer(200, detailView(row, context), { changes: [row], refresh });
	}
	return answer(
		409,
		html`<p class="note">${REFUSALS[outcome.refused]}</p>
			${detailView(before, context)}`,
	);
}

/** A group, or all that died since a time. Without `confirm` it only counts. */
function actOnMany(
	rows: DeliveryRow[],
	action: string,
	body: Fields,
	context: FormContext,
): LetterPageAnswer {
	const { by, now, timezone } = context;
	const group = asText(body.group);
	const since = group === '' ? readMoment(asText(body.since).trim(), now, timezone) : undefined;
	const perMinute = readSpeed(asText(body.speed).trim());
	if (group === '' && since === undefined) {
		return mistake('时间应如 2h 或 2026-01-31T09:00。 A time is like 2h or 2026-01-31T09:00.');
	}
	if (action === 'replay' && perMinute === undefined) {
		return mistake('速度是每分钟 1 到 600 条。 The speed is 1 to 600 a minute.');
	}
	const chosen = openAmong(rows, since === undefined ? { group } : { since });
	if (action === 'discard') return discardMany(chosen, body, context);
	if (action !== 'replay') return answer(400, missing(action));
	const force = asText(body.force) === '1';
	const { changed, refused } = replayAll(chosen, { by, now, force, perMinute: perMinute! });
	const notes = refusalLines(refused).map((text) => html`<p class="soft">${text}</p>`);
	if (asText(body.confirm) !== '1') {
		// The moment is fixed by what was counted: `2h` would mean another one when it is confirmed.
		const kept = { ...body, ...(since !== undefined && { since: new Date(since).toISOString() }) };
		return answer(
			200,
			html`<h2>试算 Dry run</h2>
				<p>
					${changed.length} 条将重发，每分钟 ${perMinute} 条 · ${changed.length} would be replayed,
					${perMinute} a minute
				</p>
				${notes} ${confirmForm(kept, context, changed.length, '重发 Replay')}${back}`,
		);
	}
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

const mistake = (text: string): LetterPageAnswer =>
	answer(
		400,
		html`<p class="note">${text}</p>
			${back}`,
	);

function discardMany(chosen: DeliveryRow[], body: Fields, context: FormContext): LetterPageAnswer {
	const reason = asText(body.reason);
	if (reason.trim() === '') return mistake(REFUSALS.noReason);
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
