import { DINGTALK_STREAM_PATH } from '../dingtalk/gateway.ts';
import { dingTalkStream } from '../dingtalk/stream.ts';
import { FEISHU_STREAM_PATH } from '../feishu/gateway.ts';
import { feishuStream } from '../feishu/stream.ts';
import { weComStream } from '../wecom/stream.ts';
import type { StreamServer } from './server.ts';

/** By the path of the WebSocket. */
export const streamServers: Record<string, StreamServer> = {
	[DINGTALK_STREAM_PATH]: dingTalkStream,
	[FEISHU_STREAM_PATH]: feishuStream,
	'/wecom/aibot': weComStream,
};
