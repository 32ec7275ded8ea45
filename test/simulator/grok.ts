import { openCall } from './call';
import type { Stage } from './call';
import { scriptOf } from './faults';
import { chat } from './grok-chat';
import { rateLimits } from './grok-limits';
import { gateRefusal, unknownPath } from './grok-refusals';
import type { GrokRequest } from './grok-request';
import { uploadFile } from './grok-upload';
import { cookiesOf } from './recording';

const ROUTES: Readonly<Record<string, (request: GrokRequest) => Promise<Response>>> = {
  'POST /rest/app-chat/conversations/new': chat,
  'POST /rest/rate-limits': rateLimits,
  'POST /rest/app-chat/upload-file': uploadFile,
};

/** Plays grok.com: chat over REST, rate limits, upload. Everything else is 404. */
export async function playGrok(stage: Stage): Promise<Response> {
  const { request, url } = stage;
  const credential = cookiesOf(request.headers).get('sso') ?? '';
  const script = scriptOf(credential);
  const bodyText = await request.text();
  const route = ROUTES[`${request.method} ${url.pathname}`];
  const refusal =
    gateRefusal(credential, script, request.headers) ??
    (route === undefined ? unknownPath() : null);
  if (route === undefined || refusal !== null) {
    const call = await openCall(stage, { credential, bodyText });
    return call.answer(refusal ?? unknownPath());
  }
  return route({ stage, credential, script, bodyText });
}

/** Plays assets.grok.com, which holds nothing yet. */
export async function playGrokAssets(stage: Stage): Promise<Response> {
  const credential = cookiesOf(stage.request.headers).get('sso') ?? '';
  return (await openCall(stage, { credential })).answer(unknownPath());
}
