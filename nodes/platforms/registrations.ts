import type { Platform } from '../../protocol/message';
import { registration as dingtalk } from '../DingTalk/registration';
import { registration as feishu } from '../Feishu/registration';
import type { PlatformRegistration } from '../shared/registration';
import { registration as wecom } from '../WeCom/registration';

/* Beside the registry: commands in a terminal use it, where there is no n8n. */

const REGISTRATIONS: Readonly<Record<Platform, PlatformRegistration>> = { dingtalk, feishu, wecom };

/** How a platform lets people connect a bot by scanning a code. */
export const registrationOf = (platform: Platform): PlatformRegistration => REGISTRATIONS[platform];
