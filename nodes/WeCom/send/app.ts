import type { IDataObject } from 'n8n-workflow';
import { idempotencyKey, splitList } from '../../../protocol/text';
import { capabilities } from '../../../protocol/wecom/capabilities';
import {
	appBody,
	appTextLimit,
	appWritten,
	recipientsOf,
	type Recipients,
} from '../../../protocol/wecom/encode';
import type { Part, Route, Sent, SendContext } from '../../shared/send/adapter';
import type { RefusedRecipients } from '../../shared/send/delivery';
import { agentIdOf, postByApp } from '../api';

/** Writes to people, departments and tags by the app. WeCom may leave people out and take the rest. */
export const app: Route = {
	name: 'app',
	capabilities: capabilities.routes.app,
	written: appWritten,
	textLimit: appTextLimit,
	async send(context, part) {
		return await sendTo(context, part, recipientsOf(context.target?.type ?? 'users', part.ids));
	},
};

export async function sendTo(
	context: SendContext,
	{ message, index }: Part,
	recipients: Recipients,
): Promise<Sent> {
	const agentId = await agentIdOf(context);
	const key = idempotencyKey(context.seed, String(index));
	const body = appBody(message, recipients, { agentId, idempotencyKey: key });
	const answer = await postByApp(context, { body, users: splitList(recipients.touser ?? '') });
	return { messageId: String(answer.msgid ?? ''), refused: refusedOf(answer) };
}

/** WeCom says `ok` also where it left some of the recipients out. */
function refusedOf(answer: IDataObject): RefusedRecipients | undefined {
	const fields = [
		['invaliduser', 'unknown or out of the app’s range'],
		['invalidparty', 'unknown department'],
		['invalidtag', 'unknown tag'],
		['unlicenseduser', 'without a licence'],
	] as const;
	const found = fields
		.map(([field, why]) => ({ why, ids: splitList(String(answer[field] ?? '')) }))
		.filter(({ ids }) => ids.length > 0);
	if (found.length === 0) return undefined;
	return {
		users: found.flatMap(({ ids }) => ids),
		reason: found.map(({ why, ids }) => `${why}: ${ids.join(', ')}`).join('; '),
	};
}
