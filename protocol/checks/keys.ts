import { asFields, asText } from '../fields';
import type { Finding } from './findings';

const DAY = 86_400_000;
const DEFAULT_DAYS = 90;

/** Keys of the table `clawbot_keys` that are older than they should be. */
export function judgeKeys(rows: unknown[], now: number): Finding[] {
	return rows.map(asFields).flatMap((row): Finding | [] => {
		const name = asText(row.name).trim();
		if (name === '') return [];
		const createdAt = timeOf(row.createdAt);
		const life = Number(asText(row.rotatesAfterDays)) || DEFAULT_DAYS;
		const finding = { check: 'keys', host: '', count: 1 } as const;
		if (createdAt === undefined) {
			return {
				...finding,
				key: `keys:${name}:date`,
				severity: 'low',
				text: `密钥 ${name} 没有创建日期。 Key ${name} has no date in clawbot_keys: its age is not known.`,
			};
		}
		const days = Math.floor((now - createdAt) / DAY);
		if (days <= life) return [];
		return {
			...finding,
			key: `keys:${name}`,
			severity: days > 2 * life ? 'high' : 'medium',
			text: `密钥 ${name} 已使用 ${days} 天（上限 ${life} 天）。 Key ${name} is ${days} days old, ${life} are allowed: rotate it.`,
		};
	});
}

/** A date as text or ms. */
function timeOf(value: unknown): number | undefined {
	const text = asText(value).trim();
	const ms = /^\d{12,14}$/.test(text) ? Number(text) : Date.parse(text);
	return Number.isNaN(ms) ? undefined : ms;
}
