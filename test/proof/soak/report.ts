import { type Course, coursesOf, isFlat } from './flat.ts';
import type { Soak } from './soak.ts';

/** The figures, and whether all of them are within their limits. */
export const reportOf = (soak: Soak): { readonly text: string; readonly isGood: boolean } => {
  const { samples, ending, kills, deliveries, seconds } = soak;
  const { uploaded, attached, lost, doubled, others } = ending;
  const rest = Object.entries(others).map(([status, count]) => `${count} ${status}`);
  const waiting = samples.map((sample) => sample.uploaded - sample.attached);
  const courses = coursesOf(samples);
  const isKept = lost === 0 && doubled === 0 && attached === uploaded;
  const text = [
    `${uploaded} CVs in ${seconds} s: ${attached} attached, ${lost} lost, ${doubled} doubled${rest.length > 0 ? `; not attached: ${rest.join(', ')}` : ''}.`,
    `${deliveries} events, ${kills} rounds of SIGKILL, one outage, one restart. Most files waiting at the same time: ${Math.max(0, ...waiting)}.`,
    ...courses.map(courseText),
    ...(courses.length === 0
      ? ['Memory and handles were not judged, because that needs Linux and a steady phase of half a minute.']
      : []),
  ].join('\n');
  return { text, isGood: isKept && courses.every(isFlat) };
};

const courseText = (course: Course): string => {
  const { name, earlyBytes, lateBytes, earlyHandles, lateHandles } = course;
  const grown = `${megabytes(earlyBytes)} to ${megabytes(lateBytes)} MB, ${earlyHandles} to ${lateHandles} handles`;
  return `${name}: ${grown}: ${isFlat(course) ? 'flat' : 'GROWS'}.`;
};

const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(1);
