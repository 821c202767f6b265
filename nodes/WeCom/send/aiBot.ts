import { NodeOperationError } from 'n8n-workflow';
import { capabilities } from '../../../protocol/wecom/capabilities';
import { aiBotBody, aiBotTextLimit, aiBotWritten } from '../../../protocol/wecom/encode';
import type { ReplyToOf, Route } from '../../shared/send/adapter';
import { callResponseUrl } from '../api';

type AddressReplyTo = Extract<ReplyToOf<'wecom'>, { responseUrl: string }>;

/** An AI bot's message takes one answer, within an hour, at the address that it brings. */
export function aiBotRoute({ responseUrl, expiresAt }: AddressReplyTo): Route {
	return {
		name: 'aiBot',
		capabilities: capabilities.routes.aiBot,
		written: aiBotWritten,
		textLimit: aiBotTextLimit,
		async send(context, { message }) {
			if (Date.now() > expiresAt) {
				throw new NodeOperationError(
					context.ctx.getNode(),
					'WeCom takes the answer of an AI bot for an hour; this message is older',
					{ itemIndex: context.itemIndex },
				);
			}
			await callResponseUrl(context, responseUrl, aiBotBody(message));
			return {};
		},
	};
}
