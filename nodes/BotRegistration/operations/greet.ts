import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import { LeastRecentlyUsed } from '../../../core/common/leastRecentlyUsed';
import { meet, type NewPerson } from '../../../core/registration/newPersons';
import { botIdOf, isAnswerable, type AnswerableMessage } from '../../../protocol/message';
import type { Operation } from '../../shared/node/operations';

/** When this process let somebody through (ms since 1970): the table knows it soon after. */
const met = new LeastRecentlyUsed<number>(10_000);
const SOON_MS = 60_000;

export const greet: Operation = {
	option: {
		name: 'Take New Persons',
		value: 'greet',
		action: 'Take the first message of each person',
		description:
			'Lets through the first message of each person to a bot, with who it was as newPerson',
	},
	execute(ctx) {
		const now = Date.now();
		const first: INodeExecutionData[] = [];
		for (const [index, { json }] of ctx.getInputData().entries()) {
			if (!isAnswerable(json) || json.kind === 'event') continue;
			const newPerson = personOf(json, now);
			if (!newPerson || now - (met.get(newPerson.key) ?? 0) < SOON_MS) continue;
			met.set(newPerson.key, now);
			first.push({
				json: { ...json, newPerson } as unknown as IDataObject,
				pairedItem: { item: index },
			});
		}
		return [first];
	},
};

/** A trigger tells its bots apart by their credentials. */
function personOf(message: AnswerableMessage, now: number): NewPerson | undefined {
	const { platform, sender, text } = message;
	const credential = botIdOf(message);
	return credential === '' ? undefined : meet({ credential, platform, sender, text, now });
}
