import type { TimeContext } from '../common/time';
import type { Fields } from '../../protocol/fields';
import { ageOf, daysLeft, readKeys } from '../keyRotation/keys';
import type { Finding } from './findings';

/**
 * Keys of the table `clawbot_keys` that are older than they should be, and rows that cannot be read.
 * @returns undefined where the table is empty: then no age is known
 */
export function judgeKeys(rows: Fields[], time: TimeContext): Finding[] | undefined {
	const { keys, mistakes } = readKeys(rows, time);
	if (keys.length + mistakes.length === 0) return undefined;
	const finding = { check: 'keys', host: '', count: 1 } as const;
	const old = keys.filter((key) => daysLeft(key, time) < 0);
	return [
		...old.map((key): Finding => {
			const { name, rotatesAfterDays: limit } = key;
			const days = ageOf(key, time);
			return {
				...finding,
				key: `keys:${name}`,
				severity: days > 2 * limit ? 'high' : 'medium',
				text: `密钥 ${name} 已使用 ${days} 天（上限 ${limit} 天）。 Key ${name} is ${days} days old, ${limit} are allowed: rotate it.`,
			};
		}),
		...mistakes.map(({ name, problem }): Finding => {
			const text = `表 clawbot_keys 中 ${name} 有误 A row of clawbot_keys is wrong, so that its age is not known: ${name}: ${problem}`;
			return { ...finding, key: `keys:${name}:row`, severity: 'low', text };
		}),
	];
}
