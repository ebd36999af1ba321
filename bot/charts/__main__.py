"""The process that draws: a chart as JSON on stdin, its picture as PNG on stdout."""

import sys

from bot.charts.chart import Chart
from bot.charts.drawing import draw

sys.stdout.buffer.write(draw(Chart.from_json(sys.stdin.buffer.read())))
