import type { DeliveryRow } from '../delivery/delivery';
import { changedAt } from './filter';
import { address, canReplay, fullCode, postForm, type PageContext } from './forms';
import { html, type Html, type Value } from '../common/html';
import { detailsOf, editableText, type LetterDetails } from './shown';
import { strikeSecrets } from '../common/redact';
import { groupOf, isOpen } from './rows';
import { failureName, cureOf, kindName, sourceOf, statusName } from './words';
import { isoText, timeText } from '../common/time';
import { codeOf } from '../common/codes';

/** Everything about one letter, and what can be done with it. */
export function detailView(row: DeliveryRow, view: PageContext): Html {
	const details = detailsOf(row);
	return html`<h2><code>${codeOf(row.key)}</code></h2>
		<dl>
			${factsOf(row, details, view).map(
				([name, value]) =>
					html`<dt>${name}</dt>
						<dd>${value}</dd>`,
			)}
		</dl>
		<h2>内容 Text</h2>
		<pre>${details.text || '-'}</pre>
		${details.original !== undefined &&
		html`<h2>原文 Original</h2>
			<pre>${details.original}</pre>`}
		<h2>尝试 Attempts (${row.attempts})</h2>
		${attemptTable(details, view)}
		${details.audit.length > 0 &&
		html`<h2>处理记录 Audit</h2>
			${auditTable(details, view)}`}
		${actions(row, view)}
		<p><a href="?">返回列表 Back to the list</a></p>`;
}

function factsOf(
	row: DeliveryRow,
	{ sentParts }: LetterDetails,
	{ timezone, link }: PageContext,
): Array<[name: string, value: Value]> {
	const execution = link(row);
	const waits: Array<[string, Value]> = [['下次 Next', timeText(row.dueAt, timezone)]];
	const parts: Array<[string, Value]> = [['已发 Sent parts', sentParts]];
	return [
		['状态 Status', statusName(row.status)],
		['种类 Kind', kindName(row.kind)],
		['来源 From', sourceOf(row)],
		['会话 Conversation', row.conversation || '-'],
		[
			'组 Group',
			html`<a href="${address({}, { group: fullCode(groupOf(row)) })}"
				><code>${codeOf(groupOf(row))}</code></a
			>`,
		],
		['失败 Failure', failureName(row)],
		['原因 Reason', strikeSecrets(row.reason) || '-'],
		['办法 Cure', cureOf(row)],
		['时间 Time', `${timeText(row.createdAtMs, timezone)} – ${timeText(changedAt(row), timezone)}`],
		...(row.status === 'waiting' ? waits : []),
		...(sentParts > 0 ? parts : []),
		[
			'执行 Execution',
			execution
				? html`<a href="${execution}" rel="noreferrer" target="_blank">${row.executionId}</a>`
				: '-',
		],
	];
}

function attemptTable({ attempts }: LetterDetails, { timezone }: PageContext): Html {
	return html`<table>
		${attempts.map(
			({ at, failure, message }) =>
				html`<tr>
					<td class="tight">${isoText(at, timezone)}</td>
					<td class="tight">${failure}</td>
					<td>${message}</td>
				</tr>`,
		)}
	</table>`;
}

function auditTable({ audit }: LetterDetails, { timezone }: PageContext): Html {
	return html`<table>
		${audit.map(
			({ at, by, action, note }) =>
				html`<tr>
					<td class="tight">${isoText(at, timezone)}</td>
					<td>${by}</td>
					<td>${action}</td>
					<td>${note}</td>
				</tr>`,
		)}
	</table>`;
}

function actions(row: DeliveryRow, view: PageContext): Html {
	const id = fullCode(row.key);
	const force = row.status !== 'dead' && row.status !== 'discarded';
	const forceBox =
		force &&
		html`<label
			><input type="checkbox" name="force" value="1" required /> 我确认对方没有收到，或者要再发一次
			It did not arrive, or I want it sent again</label
		>`;
	const replay =
		row.status !== 'waiting' &&
		canReplay(row) &&
		html`<h2>重发 Replay</h2>
			${postForm(
				view,
				{ action: 'replay', id },
				html`${forceBox} <button class="main">重发 Replay</button>`,
			)}`;
	const text = editableText(row);
	const edit =
		replay &&
		text !== undefined &&
		html`<h2>改后重发 Edit and replay</h2>
			${postForm(
				view,
				{ action: 'edit', id },
				html`<textarea name="text" required aria-label="新内容 New text">
${strikeSecrets(text)}</textarea
					>${forceBox} <button>改后重发 Edit and replay</button>`,
			)}`;
	const discard =
		isOpen(row) &&
		html`<h2>丢弃 Discard</h2>
			${postForm(
				view,
				{ action: 'discard', id },
				html`<input
						name="reason"
						required
						placeholder="原因 Reason"
						aria-label="原因 Reason"
						size="40"
					/>
					<button class="bad">丢弃 Discard</button>`,
			)}`;
	return html`${replay}${edit}${discard}`;
}
