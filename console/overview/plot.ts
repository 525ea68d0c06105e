import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { tickLabel } from './labels.ts';
import type { BucketSize } from './range.ts';
import { COLOURS, type Layer, heightsOf } from './stack.ts';
import { ticksOf } from './ticks.ts';

export interface Plotted {
  /** The start of each bucket, in milliseconds since 1970. */
  readonly starts: readonly number[];
  readonly layers: readonly Layer[];
  readonly size: BucketSize;
  readonly timeZone: string;
  readonly language: string;
  /** The currency of the heights. Null if they are numbers of events. */
  readonly currency: string | null;
}

/** A bucket that is pointed at. Its middle's distance from the left and the chart's width are in pixels. */
export interface Point {
  readonly index: number;
  readonly left: number;
  readonly width: number;
}

interface Inks {
  readonly text: string;
  readonly line: string;
  readonly layers: readonly string[];
}

const FONT_SIZE = 12;
/** The width of a name on the time axis, with some room beside it, in pixels. */
const NAME_WIDTH = 68;
/** Whole numbers, since there are no half events. */
const STEPS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000, 1_000_000];
const LEAST_HEIGHT = 4;

/** Stacked bars. All buckets have the same width, even hours of a day on which clocks change. */
export class Plot {
  readonly #box: HTMLElement;
  readonly #onPoint: (point: Point | null) => void;
  readonly #resized: ResizeObserver;
  readonly #dark = matchMedia('(prefers-color-scheme: dark)');
  #shown: Plotted;
  #inks: Inks;
  #chart: uPlot;
  #point: Point | null = null;

  constructor(box: HTMLElement, shown: Plotted, onPoint: (point: Point | null) => void) {
    this.#box = box;
    this.#onPoint = onPoint;
    this.#shown = shown;
    this.#inks = inksOf(box);
    this.#chart = this.#draw();
    this.#resized = new ResizeObserver(() => this.#fit());
    this.#resized.observe(box);
    this.#dark.addEventListener('change', this.#repaint);
  }

  show(shown: Plotted): void {
    const isSame =
      shown.layers.map(({ name }) => name).join('\n') === this.#names() && shown.currency === this.#shown.currency;
    this.#shown = shown;
    if (isSame) {
      this.#chart.setData(this.#data());
    } else {
      this.#chart.destroy();
      this.#chart = this.#draw();
    }
  }

  /** Points at a bucket, as a mouse would. Null points at none. */
  point(index: number | null): void {
    const left = index === null ? -10 : this.#chart.valToPos(index, 'x');
    this.#chart.setCursor({ left, top: index === null ? -10 : 0 });
  }

  destroy(): void {
    this.#resized.disconnect();
    this.#dark.removeEventListener('change', this.#repaint);
    this.#chart.destroy();
  }

  readonly #repaint = () => {
    this.#inks = inksOf(this.#box);
    this.#chart.redraw();
  };

  #fit(): void {
    const { clientWidth: width, clientHeight: height } = this.#box;
    if (width > 0 && height > 0) this.#chart.setSize({ width, height });
  }

  /** Only notifies of another bucket, since new numbers also move the pointer to where it already is. */
  #pointed({ cursor: { idx, left = -1 }, over, width }: uPlot): void {
    const index = typeof idx === 'number' && left >= 0 ? idx : null;
    const point = index === null ? null : { index, left: left + over.offsetLeft, width };
    if (JSON.stringify(point) === JSON.stringify(this.#point)) return;
    this.#point = point;
    this.#onPoint(point);
  }

  #names(): string {
    return this.#shown.layers.map(({ name }) => name).join('\n');
  }

  #ticks(most: number): number[] {
    const { starts, size, timeZone } = this.#shown;
    return ticksOf(starts, size, timeZone, most);
  }

  #nameOf(index: number): string {
    const { starts, size, timeZone, language } = this.#shown;
    return tickLabel(language, size, timeZone, starts[index] ?? 0);
  }

  /** A short form, since an axis has little room: "R$ 12 mil". */
  #written(height: number): string {
    const { language, currency } = this.#shown;
    if (currency === null) return height.toLocaleString(language);
    const style = { style: 'currency', currency, notation: 'compact', maximumFractionDigits: 1 } as const;
    try {
      return height.toLocaleString(language, style);
    } catch {
      // The text is no currency.
      return height.toLocaleString(language);
    }
  }

  #data(): uPlot.AlignedData {
    const { starts, layers } = this.#shown;
    return [starts.map((_start, index) => index), ...heightsOf(layers)];
  }

  #draw(): uPlot {
    const font = `${FONT_SIZE}px ${getComputedStyle(this.#box).fontFamily}`;
    const bars = uPlot.paths.bars!({ size: [0.8, 48] });
    const layers = this.#shown.layers.toReversed();
    const options: uPlot.Options = {
      width: this.#box.clientWidth,
      height: this.#box.clientHeight,
      legend: { show: false },
      cursor: {
        y: false,
        points: { show: false },
        drag: { x: false, y: false },
        move: (chart, left) => (left < 0 ? [-10, -10] : [chart.valToPos(chart.posToIdx(left), 'x'), 0]),
      },
      scales: {
        x: { time: false, range: ({ data: [buckets] }) => [-0.5, buckets.length - 0.5] },
        y: { range: (_chart, _lowest, highest) => [0, Math.max(LEAST_HEIGHT, highest ?? 0)] },
      },
      axes: [
        {
          font,
          stroke: () => this.#inks.text,
          gap: 6,
          size: 34,
          grid: { show: false },
          ticks: { stroke: () => this.#inks.line, size: 4 },
          splits: ({ width }) => this.#ticks(Math.floor(width / NAME_WIDTH)),
          values: (_chart, indexes) => indexes.map((index) => this.#nameOf(index)),
        },
        {
          font,
          stroke: () => this.#inks.text,
          gap: 6,
          size: (_chart, values) => 14 + FONT_SIZE * 0.6 * Math.max(1, ...(values ?? []).map(({ length }) => length)),
          grid: { stroke: () => this.#inks.line, width: 1 },
          ticks: { show: false },
          incrs: STEPS,
          values: (_chart, heights) => heights.map((height) => this.#written(height)),
        },
      ],
      series: [
        {},
        ...layers.map(({ colour }) => ({
          fill: () => this.#inks.layers[colour]!,
          width: 0,
          paths: bars,
          points: { show: false },
        })),
      ],
      hooks: {
        setCursor: [(chart) => this.#pointed(chart)],
      },
    };
    return new uPlot(options, this.#data(), this.#box);
  }
}

/** The stylesheet's colors for day or night, since a canvas doesn't know its properties. */
function inksOf(box: HTMLElement): Inks {
  const probe = box.appendChild(document.createElement('span'));
  const colourOf = (name: string) => {
    probe.style.color = `var(${name})`;
    return getComputedStyle(probe).color;
  };
  const layers = Array.from({ length: COLOURS }, (_, index) => colourOf(`--chart-${index}`));
  const inks = { text: colourOf('--quiet'), line: colourOf('--line'), layers };
  probe.remove();
  return inks;
}
