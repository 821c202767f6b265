import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import { LeastRecentlyUsed } from '../../../core/common/leastRecentlyUsed';
import { meet, type NewPerson } from '../../../core/registration/newPersons';
import { isAnswerable, type AnswerableMessage } from '../../../protocol/message';
import type { Operation } from '../../shared/node/operations';
import { registrationOf } from '../../platforms/registrations';

/** When this process let somebody through (ms since 1970): the table knows it soon after. */
const met = new LeastRecentlyUsed<number>(10_000);
const SOON_MS = 60_000;

export const greet: Operation = {
	option: {
		name: 'Take New Persons',
		value: 'greet',
		action: 'Take the first message of each person',
		description:
			'Lets through the first message of each person to a bot, with who it was as newPerson. The bot is told by the credential of this node.',
	},
	execute(ctx) {
		const { credentials } = ctx.getNode();
		const now = Date.now();
		const first: INodeExecutionData[] = [];
		for (const [index, { json }] of ctx.getInputData().entries()) {
			if (!isAnswerable(json) || json.kind === 'event') continue;
			const bot = credentials?.[registrationOf(json.platform).credential]?.id;
			const newPerson = bot ? personOf(json, bot, now) : undefined;
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

const personOf = (
	{ platform, sender, text }: AnswerableMessage,
	credential: string,
	now: number,
): NewPerson | undefined => meet({ credential, platform, sender, text, now });
