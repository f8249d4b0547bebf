/** `1:02:03` or `2:03` of a number of seconds. */
export function showTime(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const two = (value: number): string => String(value).padStart(2, '0');
  const hours = Math.floor(whole / 3600);
  const rest = `${hours > 0 ? two(Math.floor(whole / 60) % 60) : Math.floor(whole / 60)}:${two(whole % 60)}`;
  return hours > 0 ? `${hours}:${rest}` : rest;
}

/** `2:03`, or `under a second`: of how long something takes or took. */
export function showSpan(seconds: number): string {
  return seconds < 1 ? 'under a second' : showTime(seconds);
}

/** `about 2:03`, or `under a second`: of an estimate. */
export function showEstimate(seconds: number): string {
  return seconds < 1 ? showSpan(seconds) : `about ${showTime(seconds)}`;
}
