import type { DeliveryRow } from '../delivery/delivery';
import { asText, type Fields } from '../../protocol/fields';
import { DEFAULT_SPEED } from './changes';
import { changedAt, filterRows } from './filter';
import {
	address,
	canReplay,
	filterOf,
	fullCode,
	hidden,
	postForm,
	type PageContext,
	type WrongField,
} from './forms';
import { groupTable } from './groupView';
import { html, tableOf, type Html } from '../common/html';
import { briefText } from './shown';
import { ALL_STATUSES, hasArrived, isOpen } from './rows';
import { CHOICES, choiceOf, failureName, isChosen, sourceOf, statusName } from './words';
import { ageText } from '../common/time';
import { codeOf } from '../common/codes';

const PAGE_SIZE = 100;

/** The list with its filter, the groups and the bulk actions; what is wrong in the filter instead of a list. */
export function listView(rows: DeliveryRow[], query: Fields, view: PageContext): Html {
	const { filter, wrong } = filterOf(query);
	if (wrong.length > 0) return html`${wrong.map(wrongText)} ${filterForm(query)}`;
	const found = filterRows(rows, filter, view.now);
	const pages = Math.max(1, Math.ceil(found.length / PAGE_SIZE));
	const page = Math.min(pages, Math.max(1, Math.floor(Number(asText(query.page))) || 1));
	const shown = found.slice((page - 1) * PAGE_SIZE, page * PAGE_SIZE);
	const count = (status: string): number => rows.filter((row) => row.status === status).length;
	return html`<p class="links">
			${ALL_STATUSES.map(
				(status) =>
					html`<span
						><a href="${address({}, { status })}">${statusName(status)}</a> ${count(status)}</span
					>`,
			)}
		</p>
		${filterForm(query)} ${groupTable(rows, query, view)}
		<h2>共 ${found.length} 条 · ${found.length} in all</h2>
		${found.length === 0 ? html`<p class="soft">没有 None</p>` : rowTable(shown, view)}
		${pages > 1 && html`<p>${pager(query, page, pages)}</p>`}
		${rows.some(isOpen) && sinceForm(view)}`;
}

const FIELD_NAMES: Readonly<Record<WrongField['name'], string>> = {
	status: '状态 Status',
	platform: '平台 Platform',
	class: '类别 Class',
	conversation: '会话 Conversation',
	group: '组 Group',
	age: '早于 Older than',
};

function wrongText({ name, value }: WrongField): Html {
	const choices: string[] = isChosen(name)
		? Object.values(CHOICES[name])
		: [name === 'age' ? '90s, 30m, 2h, 1d, 2小时' : '4–24 × a–z 2–7'];
	return html`<p class="note">
		筛选条件看不懂，没有列出任何内容 This filter is not understood, so nothing is listed:
		${FIELD_NAMES[name]} = ${value.slice(0, 80)}<br />可用 Possible: ${choices.join(' · ')}
	</p>`;
}

function pager(query: Fields, page: number, pages: number): Html {
	const to = (number: number, text: string): Html =>
		html`<a href="${address(query, { page: String(number) })}">${text}</a> `;
	return html`${page > 1 && to(page - 1, '← 上一页 Previous')} ${page} / ${pages}
	${page < pages && to(page + 1, '下一页 Next →')}`;
}

function options(chosen: string, entries: Array<[value: string, label: string]>): Html[] {
	return entries.map(([value, label]) =>
		value === chosen
			? html`<option value="${value}" selected>${label}</option>`
			: html`<option value="${value}">${label}</option>`,
	);
}

const chosenOf = (query: Fields, field: 'status' | 'platform'): string =>
	choiceOf(field, asText(query[field])) ?? '';

function filterForm(query: Fields): Html {
	const platforms = Object.entries(CHOICES.platform);
	const statuses = ALL_STATUSES.map((name): [string, string] => [name, statusName(name)]);
	const input = (name: WrongField['name'], example: string, size: number): Html =>
		html`<input
			name="${name}"
			value="${asText(query[name])}"
			placeholder="${FIELD_NAMES[name]}${example}"
			aria-label="${FIELD_NAMES[name]}"
			size="${size}"
		/>`;
	return html`<form method="get" action="?" class="bar">
		<select name="status" aria-label="状态 Status">
			${options(chosenOf(query, 'status'), [
				['', '死信 Dead letters'],
				...statuses,
				['all', '全部 All'],
			])}
		</select>
		<select name="platform" aria-label="平台 Platform">
			${options(chosenOf(query, 'platform'), [['', '全部平台 All platforms'], ...platforms])}
		</select>
		${input('class', '', 16)}${input('conversation', '', 18)}${input('group', '', 8)}${input(
			'age',
			': 2h',
			16,
		)}
		<button class="main">筛选 Filter</button> <a href="?">清除 Clear</a>
	</form>`;
}

function rowTable(rows: DeliveryRow[], view: PageContext): Html {
	const columns = [
		{ name: '编号 Id', tight: true as const },
		{ name: '多久 Age', tight: true as const },
		'状态 Status',
		'来源 From',
		'失败 Failure',
		'内容 Text',
		'',
	];
	return tableOf(
		columns,
		rows.map((row) => [
			html`<a href="?id=${fullCode(row.key)}"><code>${codeOf(row.key)}</code></a>`,
			ageText(view.now - changedAt(row)),
			statusName(row.status),
			html`${sourceOf(row)}<br /><span class="soft">${row.conversation}</span>`,
			hasArrived(row) ? '-' : failureName(row),
			briefText(row, 80),
			row.status === 'dead' &&
				canReplay(row) &&
				postForm(
					view,
					{ action: 'replay', id: fullCode(row.key) },
					html`<button>重发 Replay</button>`,
				),
		]),
	);
}

function sinceForm(view: PageContext): Html {
	return html`<h2>全部重发 Replay all</h2>
		<form method="post" action="?" class="bar">
			${hidden({ csrf: view.csrf, action: 'replay' })}
			<label>自 since <input name="since" value="2h" size="18" required /></label>
			<label
				>每分钟 a minute <input name="speed" value="${DEFAULT_SPEED}" size="4" required
			/></label>
			<button>试算 Count first…</button>
		</form>`;
}
