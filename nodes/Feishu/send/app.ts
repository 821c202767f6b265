import type { Target } from '../../../core/delivery/delivery';
import { capabilities } from '../../../protocol/feishu/capabilities';
import { appMessage, textLimit, written } from '../../../protocol/feishu/encode';
import { idempotencyKey } from '../../../protocol/text';
import type { Route } from '../../shared/send/adapter';
import { postByApp } from '../api';

/** Writes to a group or a person by the app. */
export const app: Route = {
	name: 'app',
	capabilities: capabilities.routes.app,
	written,
	textLimit,
	async send(context, { message, index, ids }) {
		const receiver = String(ids[0]);
		const uuid = idempotencyKey(context.seed, receiver, String(index));
		const path = `/open-apis/im/v1/messages?receive_id_type=${idTypeOf(receiver, context.target)}`;
		const body = { receive_id: receiver, ...appMessage(message), uuid };
		return { messageId: await postByApp(context, { path, body, receiver }) };
	},
};

function idTypeOf(id: string, target: Target = {}): 'chat_id' | NonNullable<Target['idType']> {
	if (target.type === 'chat') return 'chat_id';
	if (target.idType) return target.idType;
	if (id.includes('@')) return 'email';
	if (id.startsWith('ou_')) return 'open_id';
	return id.startsWith('on_') ? 'union_id' : 'user_id';
}
