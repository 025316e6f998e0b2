"""The tokenizer against Python's csv module, and number by number."""

import csv
import io
from types import SimpleNamespace

import numpy as np
import pytest
from feed_text import write_files
from hypothesis import example, given, settings
from hypothesis import strategies as st

from feeds import gtfs_rows
from feeds.archive import open_archive
from feeds.gtfs_rows import Ids, read_rows
from feeds.gtfs_schema import Column, Table
from feeds.issues import FeedError, IssueLog
from feeds.kernels import rows as kernels
from feeds.kernels import values

TABLE = Table(name="t", columns=tuple(Column(name) for name in "abc"))


def read(tmp_path, content: bytes, table=TABLE):
    """Columns of a file t.txt as lists, and the issues by kind."""
    path = write_files(tmp_path, {"t.txt": content})
    issues = IssueLog()
    columns = {column.name: [] for column in table.columns}
    with open_archive(path, marker="t.txt") as archive:
        for rows in read_rows(archive, table, issues):
            for name, texts in columns.items():
                texts.extend(rows.read_text(name).to_pylist())
    return SimpleNamespace(**columns, issues=dict(issues.counts), log=issues)


def slow_split(text: str, n_columns: int):
    """(fields, status, first line) of each record, by the csv module."""
    reader = csv.reader(io.StringIO(text, newline=""))
    line = 1
    for record in reader:
        here, line = line, reader.line_num + 1
        fields = [field.strip(" \t") for field in record]
        if not record or (len(record) == 1 and record[0] and not fields[0]):
            continue  # a blank line
        surplus = fields[n_columns:]
        if any(surplus):
            status = kernels.TOO_LONG
        elif surplus:
            status = kernels.TRAILING_BLANKS
        else:
            status = kernels.FITS if len(fields) == n_columns else kernels.TOO_SHORT
        padded = (fields + [""] * n_columns)[:n_columns]
        yield padded, status, here


def fast_split(text: str, n_columns: int, cuts=()):
    """The same by the kernel; `cuts` end chunks early, as a long file's chunks do."""
    data = text.encode()
    slot = np.arange(n_columns, dtype=np.int32)
    rest, line = b"", 1
    ends = sorted({min(cut, len(data)) for cut in cuts} | {len(data)})
    start = 0
    for end in ends:
        buffer = np.frombuffer(bytearray(rest + data[start:end]), np.uint8)
        begin, start = 0, end
        while True:
            starts = np.empty((n_columns, 3), np.int32)  # few, so that the loop runs often
            finish = np.empty((n_columns, 3), np.int32)
            status, lines = np.empty(3, np.uint8), np.empty(3, np.int64)
            count, begin, line = kernels.split_rows(
                buffer, begin, end == len(data), slot, line, starts, finish, status, lines
            )
            for row in range(count):
                fields = [
                    buffer[starts[s, row] : finish[s, row]].tobytes().decode()
                    for s in range(n_columns)
                ]
                yield fields, int(status[row]), int(lines[row])
            if count == 0:
                break
        rest = buffer[begin:].tobytes()


def quote(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


plain = st.text(st.sampled_from("ab1:é \t"), max_size=4)
quoted = st.text(st.sampled_from('ab,"\r\n é'), max_size=5).filter(lambda t: t.strip(" \t") != "")
odd = st.sampled_from(['a"b', '"a"b', '"a"b"c', '""', '"a" ', ' "a"', '""""'])
field = st.one_of(plain, quoted.map(quote), odd)
record = st.lists(field, min_size=1, max_size=5).map(",".join)
text = st.builds(
    lambda records, end, last: end.join(records) + (end if last else ""),
    st.lists(record, max_size=7),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.booleans(),
)


@settings(max_examples=400, deadline=None)
@given(text=text, n_columns=st.integers(1, 4), cuts=st.lists(st.integers(0, 60), max_size=3))
@example(text='a,"x\r\ny",c\r\n', n_columns=3, cuts=[])
@example(text="a\r\nb", n_columns=1, cuts=[2])
@example(text='a,"x\ry"\r\nb,c', n_columns=2, cuts=[4, 5, 8])
@example(text='"a""b",c', n_columns=2, cuts=[3])
def test_splits_as_the_csv_module_does(text, n_columns, cuts):
    expected = list(slow_split(text, n_columns))
    assert list(fast_split(text, n_columns, cuts)) == expected


def test_reads_what_spreadsheets_and_scripts_write(tmp_path):
    read_in = read(
        tmp_path,
        b'\xef\xbb\xbf"a" , B,unknown,c\r\n'
        b'1,"two, three",x,"say ""yes"""\r\n'
        b"\r\n"
        b' 2 ,"a\r\nb",,NA\r\n'
        b"null,nan,x,N/A",
    )
    assert read_in.a == ["1", "2", "null"]
    assert read_in.b == ["two, three", "a\r\nb", "nan"]
    assert read_in.c == ['say "yes"', "NA", "N/A"]
    assert read_in.issues == {}


def test_latin1_is_read_and_said(tmp_path):
    read_in = read(tmp_path, "a,b,c\nHôtel de Ville,œuvre,é\n".encode("cp1252"))
    assert (read_in.a, read_in.b, read_in.c) == (["Hôtel de Ville"], ["œuvre"], ["é"])
    assert read_in.issues == {"not_utf8": 1}


@pytest.mark.parametrize("size", [4, 5, 6, 7, 8])
def test_a_character_may_be_cut_by_a_chunk(tmp_path, monkeypatch, size):
    monkeypatch.setattr(gtfs_rows, "CHUNK_BYTES", size + 30)
    monkeypatch.setattr(gtfs_rows, "_MAX_ROWS", 2)
    names = [f"é{i}ü" for i in range(20)]
    lines = "".join(f"{name},{name},ok\n" for name in names)
    read_in = read(tmp_path, f"a,b,c\n{lines}".encode())
    assert read_in.a == read_in.b == names
    assert read_in.issues == {}


def test_rows_of_other_lengths_are_counted_with_their_lines(tmp_path):
    read_in = read(
        tmp_path,
        b"a,b,c\n"
        b"1,2,3\n"
        b"1,2\n"  # line 3: padded
        b"1,2,3,,\n"  # line 4: kept
        b'"1\n1",2,3\n'
        b"1,2,3,4\n"  # line 7: dropped
        b"9,9,9\n",
    )
    assert read_in.a == ["1", "1", "1", "1\n1", "9"]
    assert read_in.c == ["3", "", "3", "3", "9"]
    where = {kind: issues[0].where for kind, issues in read_in.log.examples.items()}
    assert where == {
        "row_with_too_few_fields": "t.txt line 3",
        "row_with_too_many_blanks": "t.txt line 4",
        "row_with_too_many_fields": "t.txt line 7",
    }


def test_a_quote_that_never_closes_costs_one_line(tmp_path):
    lines = b"".join(b"%d,x,y\n" % i for i in range(5))
    read_in = read(tmp_path, b'a,b,c\n7,"open,y\n' + lines)
    assert read_in.a == ["0", "1", "2", "3", "4"]
    assert read_in.issues == {"unclosed_quote": 1}


def test_a_quote_that_closes_too_far_away_costs_one_line(tmp_path):
    lines = b"".join(b"%d,x,y\n" % i for i in range(20_000))
    read_in = read(tmp_path, b'a,b,c\n7,"open,y\n' + lines + b'8,",y\n')
    assert len(read_in.a) == 20_000
    assert read_in.issues == {"unclosed_quote": 2}


def test_of_two_columns_of_one_name_the_first_stands(tmp_path):
    assert read(tmp_path, b"a,b,a,c\n1,2,3,4\n").a == ["1"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "t.txt is empty"),
        (b"\xef\xbb\xbf\r\n", "t.txt is empty"),
        (b"a;b;c\n1;2;3\n", "t.txt has no column need"),
        (b'{"a": 1}', "t.txt has no column need"),
    ],
)
def test_a_file_that_is_no_table_is_refused(tmp_path, content, message):
    table = Table(name="t", columns=(Column("need", required=True),))
    with pytest.raises(FeedError, match=message):
        read(tmp_path, content, table)


def test_a_record_without_end_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(gtfs_rows, "CHUNK_BYTES", 64)
    with pytest.raises(FeedError, match="a record of more than 64 bytes at line 2"):
        read(tmp_path, b"a,b,c\n" + b"x" * 500)


def cells(texts):
    """Fields as the kernels take them."""
    data = "|".join(texts).encode()
    sizes = np.array([len(text.encode()) for text in texts], np.int32)
    start = (np.cumsum(sizes + 1) - sizes - 1).astype(np.int32)
    return np.frombuffer(bytearray(data or b"|"), np.uint8), start, start + sizes


BLANK, BAD = values.BLANK_INTEGER, values.BAD_INTEGER


@pytest.mark.parametrize(
    ("time", "seconds"),
    [
        ("08:00:00", 28800),
        ("8:00:05", 28805),
        ("25:10:00", 90600),
        ("100:00:00", 360000),
        ("00:00:00", 0),
        ("", BLANK),
        ("08:00", BAD),
        ("08:60:00", BAD),
        ("08:00:60", BAD),
        ("-1:00:00", BAD),
        ("8h00", BAD),
        ("08:00:00 AM", BAD),
        ("1234:00:00", BAD),
        (":00:00", BAD),
    ],
)
def test_A1_times_past_midnight_and_short_hours(time, seconds):
    assert values.parse_times(*cells([time])).tolist() == [seconds]


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("0", 0), ("42", 42), ("-7", -7), ("+7", 7), ("007", 7), ("3.0", 3), ("40000", 40000),
        ("2147483647", 2147483647), ("", BLANK), ("2147483648", BAD), ("99999999999999", BAD),
        ("1.5", BAD), ("x", BAD), ("1 2", BAD), ("-", BAD), (".0", BAD),
    ],
)  # fmt: skip
def test_whole_numbers(number, expected):
    assert values.parse_integers(*cells([number])).tolist() == [expected]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.floats(-1e15, 1e15).filter(lambda number: not 0 < abs(number) < 1e-200)))
def test_decimal_numbers_are_those_of_python(numbers):
    found, bad = values.parse_decimals(*cells([repr(number) for number in numbers]))
    assert not bad.any()
    np.testing.assert_allclose(found, numbers, rtol=1e-15, atol=1e-290)


@pytest.mark.parametrize("text", ["x", "1,5", "--1", "1e", "1.2.3", "1e999", ".", "nan", "inf"])
def test_what_is_no_decimal_number(text):
    found, bad = values.parse_decimals(*cells([text]))
    assert np.isnan(found[0])
    assert bad[0]


@settings(max_examples=200, deadline=None)
@given(st.lists(st.text(max_size=6)), st.lists(st.text(max_size=6)))
def test_ids_are_found_as_a_dict_finds_them(known, sought):
    first = {}
    for place, text in enumerate(known):
        first.setdefault(text, place)
    ids = Ids.of(known)
    found = kernels.find_ids(*cells(sought + known), ids.blob, ids.offset, ids.places)
    assert found.tolist()[: len(sought + known)] == [first.get(text, -1) for text in sought + known]
